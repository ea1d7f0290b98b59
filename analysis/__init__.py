"""What follows from the data: tables, evidence, assumptions, models, results, figures, publishing."""
