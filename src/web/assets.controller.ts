import { Controller, Get, Headers, Param } from '@nestjs/common';
import { NotFound } from '../platform/errors.js';
import { Public } from './allow.js';
import { Bytes } from './answer.js';
import { Assets } from './assets.service.js';

@Controller('assets')
export class AssetsController {
  constructor(private readonly assets: Assets) {}

  @Get(':name')
  @Public()
  read(@Param('name') name: string, @Headers('accept-encoding') accepts = ''): Bytes {
    const found = this.assets.read(name, accepts);
    if (!found) throw new NotFound('There is no such file.');
    return new Bytes(found.bytes, found.type, {
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(found.encoding ? { 'content-encoding': found.encoding } : {}),
    });
  }
}
