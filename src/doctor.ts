/**
 * `npm run doctor`: says in a line each whether what a live connection needs is there, and what to do next. Posts nothing;
 * asks X once for each account who it is. Ends with 1 when something is bad.
 */
import { runCommand, say } from './command.js';
import { exitCode, type Finding, lineOf } from './operations/diagnosis.js';
import { Doctor } from './operations/doctor.service.js';

await runCommand(async (app) => {
  const findings: Finding[] = [];
  for await (const finding of app.get(Doctor).look()) {
    findings.push(finding);
    say(lineOf(finding));
  }
  return exitCode(findings);
});
