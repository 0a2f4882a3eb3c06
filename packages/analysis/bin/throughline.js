#!/usr/bin/env node
// npm links a command when it installs, and in a clone what is built is not there yet.
import '../dist/cli.js'
