"""One module a question: pure functions, numbers in and numbers out."""
