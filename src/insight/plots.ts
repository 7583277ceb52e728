import { MEASURES, type Measure } from './how-it-did.js';
import { inFigures } from './numbers.js';
import type { Form, Plot } from './plot.js';

type Figures = Record<Measure, number | null>;

/** A plot with its name in addresses, what it shows, and the same said in words for those who cannot see it. */
export interface NamedPlot {
  name: string;
  title: string;
  alt: string;
  plot: Plot;
}

export const LABELS: Record<Measure, string> = {
  impressions: 'Impressions',
  likes: 'Likes',
  replies: 'Replies',
  reposts: 'Reposts',
};
const RESPONSES = MEASURES.filter((measure) => measure !== 'impressions');

/** Impressions, and what people answered with, of each post or turn; only what is known of at least one. */
export function plotsOf(each: { label: string; figures: Figures }[], across: 'Post' | 'Turn'): NamedPlot[] {
  const labels = each.map(({ label }) => label);
  const valuesOf = (measure: Measure) => each.map(({ figures }) => figures[measure]);
  const of = `of each ${across.toLowerCase()}`;
  const impressions = seriesOf(['impressions'], valuesOf);
  const responses = seriesOf(RESPONSES, valuesOf);
  return [
    ...named('impressions', `Impressions ${of}`, { kind: 'bars', across, labels, series: impressions }),
    ...named('responses', `Likes, replies and reposts ${of}`, { kind: 'bars', across, labels, series: responses }),
  ];
}

/** How impressions grew, where there is more than one day. */
export function growthOf(days: { label: string; figures: Pick<Figures, 'impressions'> }[]): NamedPlot[] {
  const known = days.filter(({ figures }) => figures.impressions !== null);
  if (known.length < 2) return [];
  const series = seriesOf(['impressions'], () => known.map(({ figures }) => figures.impressions));
  const labels = known.map(({ label }) => label);
  return named('days', 'Impressions in all by the end of each day', { kind: 'line', across: 'Day', labels, series });
}

/** Which plot an address means, and in which form: "impressions-wide.svg". */
export function readPlotName(file: string): { name: string; form: Form } | null {
  const match = /^(impressions|responses|days)-(narrow|wide)\.svg$/.exec(file);
  return match ? { name: match[1] ?? '', form: match[2] as Form } : null;
}

function seriesOf(measures: Measure[], valuesOf: (measure: Measure) => (number | null)[]): Plot['series'] {
  const all = measures.map((measure) => ({ name: LABELS[measure], values: valuesOf(measure) }));
  return all.filter(({ values }) => values.some((value) => value !== null));
}

function named(name: string, title: string, plot: Plot): NamedPlot[] {
  return plot.series.length > 0 ? [{ name, title, plot, alt: altOf(title, plot) }] : [];
}

function altOf(title: string, { kind, labels, series, across }: Plot): string {
  const all = labels.map((label, index) => ({
    label,
    value: series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  }));
  const most = all.reduce((best, each) => (each.value > best.value ? each : best));
  const chart = kind === 'bars' ? 'Bar chart' : 'Line chart';
  return `${chart}: ${title.charAt(0).toLowerCase()}${title.slice(1)}. Most: ${across.toLowerCase()} ${most.label} with ${inFigures(most.value)}. The table has all numbers.`;
}
