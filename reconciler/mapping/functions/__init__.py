"""The functions of the expression language, by what they are about, and the one table of all."""
