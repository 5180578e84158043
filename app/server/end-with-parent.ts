/**
 * Loaded before a program that the supervisor starts: when the supervisor is gone without a word (killed, power cut),
 * its end of our stdin closes and the program stops as if it had been asked to. Otherwise it would keep its ports.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref();
