"""What a survey is: questions, order, answers, codes and wording. No input or output, no clock."""
