/** A service that Baton brings along cannot run. The message is one plain sentence for whoever runs the server. */
export class EmbeddedServiceError extends Error {
  override name = 'EmbeddedServiceError';
}
