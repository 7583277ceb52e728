import { Inject, Injectable, type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { RUNTIME, type Runtime } from '../../config/runtime.js';

/** Paths that never reach a log, whoever logs them. */
const REDACTED = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'email',
  'to',
  'health',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `req.headers.${name}`]);

/** JSON lines with redaction; also Nest's own logger. */
@Injectable()
export class Log implements LoggerService {
  readonly pino: Logger;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.pino = pino({
      level: runtime.env.LOG_LEVEL,
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { error: errorLine, err: errorLine },
    });
  }

  log(message: unknown, context?: unknown): void {
    this.pino.debug({ context }, String(message));
  }

  info(what: object, message: string): void {
    this.pino.info(what, message);
  }

  warn(what: unknown, message?: unknown): void {
    this.line('warn', what, message);
  }

  error(what: unknown, message?: unknown): void {
    this.line('error', what, message);
  }

  debug(what: unknown, message?: unknown): void {
    this.line('debug', what, message);
  }

  private line(level: 'warn' | 'error' | 'debug', what: unknown, message: unknown): void {
    if (typeof what === 'object' && what) this.pino[level](what, String(message ?? ''));
    else this.pino[level]({ context: message }, String(what));
  }
}

/** An error without what it may carry in its other fields (parameters, addresses, tokens). */
function errorLine(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}
