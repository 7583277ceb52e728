/** SQL: a kept post `p` that is no repost. What another account said has that account's numbers. */
export const OWN_WORDS = `NOT jsonb_path_exists(p.post, '$.references[*] ? (@.kind == "repost")')`;
