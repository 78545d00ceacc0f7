import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver, VantResolver } from 'unplugin-vue-components/resolvers'
import { VitePWA } from 'vite-plugin-pwa'
import { configDefaults, defineConfig } from 'vitest/config'
import type { Plugin } from 'vite'

/** The gateway's address in development. */
const GATEWAY = process.env.LINKAGE_GATEWAY ?? 'http://127.0.0.1:8000'

/** In development the gateway does not serve the pages: send each face's routes to its own HTML. */
function faces(): Plugin {
  return {
    name: 'linkage-faces',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = request.url?.split('?')[0] ?? ''
        if (/^\/admin(\/[^.]*)?$/.test(path)) request.url = '/admin.html'
        else if (/^\/m(\/[^.]*)?$/.test(path)) request.url = '/m.html'
        next()
      })
    },
  }
}

/** The phone's first screen is painted from its page alone: on a slow line every further request costs most of a second. */
function styleInPage(): Plugin {
  return {
    name: 'linkage-style-in-page',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['m.html']
      if (page?.type !== 'asset') return
      page.source = String(page.source).replace(/<link rel="stylesheet"[^>]*href="\/([^"]+\.css)"[^>]*>/g, (link, name: string) => {
        const sheet = bundle[name]
        // The disabled link is not fetched; it tells the loader of later pieces that this sheet is there.
        return sheet?.type === 'asset' ? `<style>${String(sheet.source)}</style><link rel="stylesheet" href="/${name}" disabled>` : link
      })
    },
  }
}

/**
 * The two faces are built apart (`--mode admin`, then `--mode m`) into one dist/, so that neither
 * pays for a chunk of the other and the phone's precache is exactly static/m/*.
 */
export default defineConfig(({ mode, command }) => {
  const face = mode === 'm' ? 'm' : 'admin'
  const input =
    command === 'serve' ? { admin: 'admin.html', m: 'm.html' } : { [face]: `${face}.html` }
  return {
    base: '/',
    resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
    plugins: [
      vue(),
      Components({
        dirs: [],
        dts: false,
        resolvers: [ElementPlusResolver({ importStyle: 'css' }), VantResolver()],
      }),
      faces(),
      ...(command === 'build' && face === 'm'
        ? [
            styleInPage(),
            VitePWA({
              strategies: 'injectManifest',
              srcDir: 'src/m',
              filename: 'sw.ts',
              outDir: 'dist/m',
              scope: '/m',
              injectRegister: false,
              manifest: false,
              injectManifest: {
                globDirectory: 'dist',
                globPatterns: ['m.html', 'static/m/**/*.{js,css,svg,png,webmanifest}', 'favicon.svg'],
                // The addresses under which the gateway serves them.
                modifyURLPrefix: { 'm.html': '/m', '': '/' },
              },
            }),
          ]
        : []),
    ],
    server: { proxy: { '/api': GATEWAY, '/gongshi': GATEWAY } },
    build: {
      target: 'es2022',
      outDir: 'dist',
      emptyOutDir: face === 'admin',
      assetsDir: `static/${face}`,
      chunkSizeWarningLimit: 700,
      rollupOptions: { input },
    },
    test: {
      environment: 'happy-dom',
      include: ['src/**/*.test.ts'],
      exclude: [...configDefaults.exclude],
      server: { deps: { inline: ['element-plus'] } },
    },
  }
})
