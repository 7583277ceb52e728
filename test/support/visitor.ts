import { parse } from 'node-html-parser';

/** What a form's field is filled with: a text or a file, or several of either. */
export type Given = string | string[] | Blob | Blob[];

/** What came back from the service. */
export interface Visit {
  status: number;
  url: string;
  text: string;
  headers: Headers;
}

/**
 * Somebody who visits the service over HTTP without a browser: keeps cookies, follows redirects, and sends forms with
 * everything that the page's form holds (hidden fields and the form's token included).
 */
export class Visitor {
  private readonly cookies = new Map<string, string>();
  /** The page that was seen last. */
  page: Visit = { status: 0, url: '', text: '', headers: new Headers() };

  constructor(
    private readonly origin: string,
    private readonly agent = 'Visitor',
  ) {}

  /** Puts a cookie into the visitor's browser. */
  keep(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Visit> {
    return this.request(path, { method: 'GET', headers: { accept: 'text/html', ...headers } });
  }

  async post(path: string, fields: Record<string, Given>, headers: Record<string, string> = {}): Promise<Visit> {
    const files = Object.values(fields).some((value) => [value].flat().some((each) => each instanceof Blob));
    const body = files ? new FormData() : new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const each of [value].flat()) {
        if (each instanceof Blob) (body as FormData).append(name, each, 'picture');
        else body.append(name, each);
      }
    }
    return this.request(path, { method: 'POST', body, headers: { accept: 'text/html', ...headers } });
  }

  /** Sends a body as it is. */
  async send(path: string, body: string, headers: Record<string, string>): Promise<Visit> {
    return this.request(path, { method: 'POST', body, headers: { accept: 'text/html', ...headers } });
  }

  /** Fills in and sends a form of the page seen last: the one with this action, or the only one in its main part. */
  async submit(
    fields: Record<string, Given> = {},
    action?: string,
    button?: [name: string, value: string],
  ): Promise<Visit> {
    const all = parse(this.page.text);
    const forms = ['main form[method=post]', 'main form'].flatMap((which) => all.querySelectorAll(which));
    const actionOf = (form: { getAttribute(name: string): string | undefined }) => form.getAttribute('action') ?? '';
    const form =
      forms.find((candidate) => actionOf(candidate) === action) ??
      forms.find((candidate) => !action || actionOf(candidate).includes(action));
    if (!form) throw new Error(`No form ${action ?? ''} on ${this.page.url}:\n${visible(this.page.text)}`);
    const given: Record<string, Given> = {};
    for (const input of form.querySelectorAll('input, textarea, select')) {
      const [name, type] = [input.getAttribute('name'), input.getAttribute('type')];
      if (!name || type === 'file' || ((type === 'radio' || type === 'checkbox') && !input.hasAttribute('checked')))
        continue;
      const chosen = input.tagName === 'SELECT' ? input.querySelector('option[selected]') : null;
      given[name] =
        input.tagName === 'TEXTAREA' ? input.textContent.trim() : ((chosen ?? input).getAttribute('value') ?? '');
    }
    const target = form.getAttribute('action') || new URL(this.page.url).pathname;
    return this.post(target, { ...given, ...fields, ...(button ? { [button[0]]: button[1] } : {}) });
  }

  /** The text a person reads on the page seen last. */
  get words(): string {
    return visible(this.page.text);
  }

  private async request(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Visit> {
    const url = new URL(path, this.page.url || this.origin);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'user-agent': this.agent, ...init.headers, ...(cookie ? { cookie } : {}) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    this.keepCookies(response);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location) {
      await response.arrayBuffer();
      return this.request(new URL(location, url).toString(), { method: 'GET', headers: { accept: 'text/html' } });
    }
    this.page = {
      status: response.status,
      url: url.toString(),
      text: await response.text(),
      headers: response.headers,
    };
    return this.page;
  }

  private keepCookies(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

function visible(html: string): string {
  const root = parse(html);
  for (const element of root.querySelectorAll('script, style, head')) element.remove();
  return root.textContent.replace(/\s+/g, ' ').trim();
}
