import cloudinary from 'cloudinary';

import { signWith, verifyWith } from '../shared/cloudinary.mjs';

export const sign = (delivery) => signWith(cloudinary.v2, 'sha1', delivery);
export const verify = (delivery) => verifyWith(cloudinary.v2, 'sha1', delivery);
