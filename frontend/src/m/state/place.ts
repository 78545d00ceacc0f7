import type { Place } from '../core/types'

/** The last position of this page, so that several photos in one house need not wait for satellites. */
let last: { place: Place; at: number } | null = null
const FRESH_MS = 120_000

/** Where the phone is; rejects with the platform's GeolocationPositionError. */
export function locate(timeout = 20_000): Promise<Place> {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const place = { lat: coords.latitude, lng: coords.longitude, accuracy: coords.accuracy }
        last = { place, at: performance.now() }
        resolve(place)
      },
      reject,
      { enableHighAccuracy: true, timeout, maximumAge: 60_000 },
    )
  })
}

/** The place for a photo: a recent one, or a short try; null rather than keep a person waiting. */
export async function placeForPhoto(): Promise<Place | null> {
  if (last && performance.now() - last.at < FRESH_MS) return last.place
  return locate(4_000).catch(() => null)
}
