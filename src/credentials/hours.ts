import type { PostingHours, Weekday } from './week.js';

const weekdays: Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const names = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** "Monday to Thursday, 8am to 8pm": a line for each run of days that have the same hours. Closed days are left out. */
export function hoursInWords({ days }: PostingHours): string[] {
  const runs: { from: Weekday; to: Weekday; hours: string }[] = [];
  for (const weekday of weekdays) {
    const times = days[weekday];
    if (!times) continue;
    const hours = `${timeInWords(times.opens)} to ${timeInWords(times.closes)}`;
    const last = runs.at(-1);
    if (last && last.to === weekday - 1 && last.hours === hours) last.to = weekday;
    else runs.push({ from: weekday, to: weekday, hours });
  }
  return runs.map(({ from, to, hours }) => `${daysInWords(from, to)}, ${hours}`);
}

function daysInWords(from: Weekday, to: Weekday): string {
  return from === to ? `${names[from - 1]}` : `${names[from - 1]} to ${names[to - 1]}`;
}

function timeInWords(time: string): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  if (minute === 0 && hour % 12 === 0) return hour === 12 ? 'midday' : 'midnight';
  return `${hour % 12 || 12}${minute === 0 ? '' : `:${String(minute).padStart(2, '0')}`}${hour < 12 ? 'am' : 'pm'}`;
}
