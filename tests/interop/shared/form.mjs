// Not a library: reading a form the way Express hands it on, a name that stands once as text and else as a list.
import { parse } from 'node:querystring';

export const fieldsOf = (text) => ({ ...parse(text, '&', '=', { maxKeys: 0 }) });
