"""What calls and answers look like: pure, from steps to requests and from bodies to cells."""
