// Runs Azurite's blob service as a child that never outlives its parent: standard input closes when the parent ends, however
// that comes about, and Azurite then writes its tables to disk and stops. Ctrl-C, which a terminal sends to the whole group,
// is left to the parent, so that storage goes last.
'use strict';
const path = require('node:path');

const main = path.join(process.argv[2], 'node_modules', 'azurite', 'dist', 'src', 'blob', 'main.js');
process.argv.splice(2, 1);
process.on('SIGINT', () => {});
const once = process.once.bind(process);
process.once = (event, listener) => (event === 'SIGINT' ? process : once(event, listener));

process.stdin.resume();
process.stdin.on('end', () => {
  process.emit('SIGTERM');
  setTimeout(() => process.exit(0), 5000).unref();
});

require(main);
