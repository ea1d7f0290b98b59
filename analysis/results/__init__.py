"""Results: one module a chapter, tables and assumptions in, frames and numbers out."""
