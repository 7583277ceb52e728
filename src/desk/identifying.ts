/** A stretch of a text that may say who somebody is. `at` and `end` are UTF-16 offsets into the text as it was searched. */
export interface Found {
  text: string;
  at: number;
  end: number;
}

/**
 * A text as it is searched: full-width, mathematical and other styled digits and letters as plain ones, digits of every
 * script as 0 to 9, and without what nobody sees, which copying from a record or a web page leaves between them.
 */
export const searchable = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/(?![0-9])\p{Nd}/gu, plainDigit);

/** Unicode has each script's digits in a row from zero: https://www.unicode.org/policies/stability_policy.html */
function plainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value % 10);
}

const BETWEEN_DIGITS = String.raw`[\s.\u2010-\u2015-]{0,3}`;
const TEN_DIGITS = new RegExp(String.raw`(?<!\d)(?=(\d(?:${BETWEEN_DIGITS}\d){9})(?!\d))`, 'g');
const ABROAD = /(?:\+|\b00)44[\s().-]*(?:\d[\s().-]*){9,11}/g;

/**
 * Ten digits, however spaced, that are an NHS, CHI or H&C number by their modulus-11 check digit:
 * https://www.datadictionary.nhs.uk/attributes/nhs_number.html. The end of a +44 phone number is none.
 */
export function nhsNumbers(text: string): Found[] {
  const phones = all(text, ABROAD);
  return all(text, TEN_DIGITS)
    .filter(({ text: digits }) => isNhsNumber(digits.replace(/\D/g, '')))
    .filter(({ at }) => !phones.some((phone) => phone.at <= at && at < phone.end));
}

/** Whether ten digits carry the right check digit; ten times the same digit is nobody's. */
export function isNhsNumber(digits: string): boolean {
  if (!/^\d{10}$/.test(digits) || /^(\d)\1{9}$/.test(digits)) return false;
  const sum = [...digits.slice(0, 9)].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  return (11 - (sum % 11)) % 11 === Number(digits[9]);
}

const PHONE = /(?<![\d+])(?:(?:\+|00)44[\s.-]{0,3}(?:\(0\))?[\s(]{0,3}|\(?0)[1257-9](?:[\s().-]{0,3}\d){8,9}(?!\d)/g;
const FREEPHONE = /^(?:(?:\+|00)44|0)80/;

/** United Kingdom phone numbers that can be somebody's own: those that begin with 03 or 080 are an organisation's. */
export function phoneNumbers(text: string): Found[] {
  return all(text, PHONE).filter(({ text: number }) => !FREEPHONE.test(number.replace(/\(0\)|[\s().-]/g, '')));
}

const AREAS =
  'AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE';
const POSTCODE = new RegExp(String.raw`\b(?:${AREAS})\d[A-Z\d]?[ \t]{0,2}\d[ABD-HJLNP-UW-Z]{2}\b`, 'gi');
const ORDINAL = /\d(?:st|nd|rd|th)$/;

export function postcodes(text: string): Found[] {
  return all(text, POSTCODE).filter((found) => !ORDINAL.test(found.text));
}

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
const NUMERIC = String.raw`\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b`;
const BORN = new RegExp(
  String.raw`\b(?:born(?: on)?|d\.?o\.?b\.?|date of birth|birth ?date)\b[^\n\d]{0,20}(?:${NUMERIC}|\d{1,2}(?:st|nd|rd|th)?(?: of)? ${MONTH},? \d{4}\b)`,
  'gi',
);
const DATE = new RegExp(String.raw`(?<![\d/.-])(?:${NUMERIC})(?![/-]?\d)`, 'g');

/** Dates that are called a birth date, and dates in figures of a year that is over for good. `year` is the present one. */
export function birthDates(text: string, year: number): Found[] {
  const called = all(text, BORN);
  const past = all(text, DATE).filter(({ text: date }) => {
    const inIt = Number(/\d{4}/.exec(date)?.[0] ?? Number.NaN);
    return inIt >= 1900 && inIt < year - 1;
  });
  return [...called, ...past.filter(({ at }) => !called.some((found) => found.at <= at && at < found.end))];
}

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;

export function emailAddresses(text: string): Found[] {
  return all(text, EMAIL);
}

const PERSON = '(?:patient|resident|service user|client)';
const NAMED = new RegExp(
  String.raw`\b${PERSON},? (?:(?:is|was|whose name is) )?(?:called|named) \p{Lu}[\p{L}'’-]*|\b(?:[Mm]y|[Oo]ur|[Tt]he|[Aa]) ${PERSON},? \p{Lu}\p{Ll}+`,
  'gu',
);
const PLACE = /\b(?:bed|side ?room|cubicle|cot|bay) ?(?:no\.?|number)? ?\d{1,3}\b/gi;
const NUMBERED =
  /\b(?:MRN|hospital (?:no\.?|number)|NHS (?:no\.?|number)|CHI(?: number)?)\b[^\n\d]{0,12}\d[\d -]{3,}/gi;
const INSURANCE = /\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/gi;
const AGE = /\b(?:\d{1,3}[ -]?(?:years?|yrs?|months?|weeks?|days?)[ -]?old|aged? \d{1,3})\b/gi;
const TITLED = /\b(?:Mr|Mrs|Ms|Miss|Master)\.? \p{Lu}[\p{L}'’-]*/gu;
const CARE =
  /\b(?:patients?|residents?|ward|bed|bay|admitted|discharged|clinic|theatre|A&E|diagnos\w+|operation|surgery|lady|gentleman|woman|man|girl|boy|baby)\b/i;

/** What often tells who a patient is: a name, a bed, a number of theirs, or an age or a surname where care is spoken of. */
export function patientDetails(text: string): Found[] {
  const alone = [NAMED, PLACE, NUMBERED, INSURANCE].flatMap((pattern) => all(text, pattern));
  return CARE.test(text) ? [...alone, ...[AGE, TITLED].flatMap((pattern) => all(text, pattern))] : alone;
}

function all(text: string, pattern: RegExp): Found[] {
  return [...text.matchAll(pattern)].map((match) => {
    const found = match[1] ?? match[0];
    return { text: found.trim(), at: match.index, end: match.index + found.length };
  });
}
