// Empty: the tests call the browser's functions from here.
