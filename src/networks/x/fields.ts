/** What is asked of every post. Authors are not expanded: X bills each as a user read. */
export const POST_FIELDS = {
  'tweet.fields':
    'attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,' +
    'note_tweet,possibly_sensitive,public_metrics,referenced_tweets,withheld',
  expansions: 'attachments.media_keys,attachments.poll_ids',
  'media.fields': 'alt_text,height,media_key,preview_image_url,type,url,width',
  'poll.fields': 'end_datetime,id,options,voting_status',
};
/** Of a post that speaks to the account it must be known whose it is. */
export const MENTION_FIELDS = {
  ...POST_FIELDS,
  expansions: `${POST_FIELDS.expansions},author_id`,
  'user.fields': 'id,name,username',
};
/** What is asked of every user. */
export const USER_FIELDS = { 'user.fields': 'description,id,name,profile_image_url,protected,username' };
