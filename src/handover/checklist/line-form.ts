import { z } from 'zod';
import type { Line } from './line.js';

const whole = (what: string, most: number) =>
  z
    .string()
    .trim()
    .default('')
    .transform((text) => (text === '' ? 0 : Number(text)))
    .pipe(
      z
        .number(`Enter the ${what} as a whole number, or leave it empty`)
        .int(`Enter the ${what} as a whole number, or leave it empty`)
        .min(0, `Enter ${what} of 0 or more`)
        .max(most, `Enter ${most} ${what} or fewer`),
    );

/** A line of a checklist as it is typed in. */
export const lineForm = z
  .object({
    title: z.string().trim().min(1, 'Say what is to be done').max(120, 'Keep it to 120 characters'),
    how: z.string().trim().max(500, 'Keep it to 500 characters').default(''),
    doer: z.enum(['curator', 'team'], 'Choose who does it'),
    anchor: z.enum(['confirmed', 'start', 'end'], 'Choose what the time is counted from'),
    side: z.enum(['before', 'after'], 'Choose before or after'),
    days: whole('days', 365),
    hours: whole('hours', 72),
    time: z
      .string()
      .trim()
      .regex(/^(([01]?\d|2[0-3]):[0-5]\d)?$/, 'Enter a time like 09:30, or leave it empty')
      .default(''),
  })
  .refine(({ hours, time }) => hours === 0 || time === '', {
    path: ['hours'],
    message: 'Give hours or a time of day, not both',
  })
  .transform(({ side, days, hours, time, ...line }): Omit<Line, 'key'> => {
    const sign = side === 'before' ? -1 : 1;
    return {
      ...line,
      days: sign * days || 0,
      hours: sign * hours || 0,
      time: time === '' ? null : time.padStart(5, '0'),
    };
  });

/** What the form shows of a line that is there. */
export function typed({ days, hours, time, ...line }: Omit<Line, 'key'>): Record<string, string> {
  return {
    ...line,
    side: days < 0 || hours < 0 ? 'before' : 'after',
    days: days === 0 ? '' : String(Math.abs(days)),
    hours: hours === 0 ? '' : String(Math.abs(hours)),
    time: time ?? '',
  };
}
