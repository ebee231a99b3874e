"""What administrators set in the browser: keys of programs, parameters, the working calendar, tablets at exits."""
