"""What a person types and reads: options, questions, marks, tables and documents."""
