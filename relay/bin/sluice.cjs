#!/usr/bin/env node
'use strict';
// Starts under whatever Node is there, and hands over to one that can run Sluice: kept to what a very old one reads.
var spawn = require('child_process').spawn;
var fs = require('fs');
var module_ = require('module');
var os = require('os');
var path = require('path');

/** The first that has `node:sqlite` without a warning, and in a checkout runs TypeScript as it stands. */
var WANTED = 24;
/** Whatever ends a program from outside. Windows knows some of them. */
var SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** What a package holds; a checkout has the source in its place. */
var built = path.join(__dirname, 'sluice.js');
var isBuilt = fs.existsSync(built);
// An agent waits for the hook at each of its steps: nothing else is loaded for it, and that is compiled once.
var isHook = process.argv.length === 3 && process.argv[2] === 'hook';
if (isHook && typeof module_.enableCompileCache === 'function') {
  // A folder of the person's own: what is in it is run.
  module_.enableCompileCache(path.join(os.homedir(), '.cache', 'sluice'));
}
var program = path.join(__dirname, (isHook ? 'hook' : 'sluice') + (isBuilt ? '.js' : '.ts'));

if (Number(process.versions.node.split('.')[0]) >= WANTED) {
  process.argv[1] = program;
  import(require('url').pathToFileURL(program).href).catch(function (error) {
    console.error(error);
    process.exit(1);
  });
} else {
  var node = broughtNode();
  if (node === null) {
    console.error(
      'sluice needs Node ' +
        WANTED +
        ' or newer: this is ' +
        process.version +
        (isBuilt ? '' : ', and `npm ci` brings none for ' + process.platform + '-' + process.arch) +
        '. Install it from https://nodejs.org, and try again.',
    );
    process.exit(1);
  }
  handOver(node);
}

/** The one that `npm ci` puts beside the sources, or that somebody has installed beside the package; or null. */
function broughtNode() {
  var platform = process.platform === 'win32' ? 'win' : process.platform;
  var name = 'node-' + platform + '-' + process.arch;
  try {
    var file = path.join('bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return path.join(path.dirname(require.resolve(name + '/package.json')), file);
  } catch (error) {
    // Another platform, or an installation without optional dependencies.
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** The same standard streams, signals passed on, and the same end. */
function handOver(node) {
  var child = spawn(node, [program].concat(process.argv.slice(2)), { stdio: 'inherit' });
  SIGNALS.forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('error', function (error) {
    console.error('sluice could not start ' + node + ': ' + error.message);
    process.exit(1);
  });
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
