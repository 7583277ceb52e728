/** An endpoint as X counts its calls: the method and the path without its version and without what was asked for. */
export function endpointName(method: string, pathname: string): string {
  const path = pathname
    .replace(/^\/[\d.]+\//, '')
    .replace(/(by\/username)\/[^/]+/, '$1/:handle')
    .replace(/\/\d{1,19}(?=\/|$)/g, '/:id');
  return `${method.toUpperCase()} ${path}`;
}
