/** Pictures that were chosen in the form of a step. */
import { sendEach, sendFile, type ChosenFile, type FileKind } from '@/shared/files'
import type { StepValues } from './case-form'

/** Sends what was chosen in the form of a step whose record is in; returns the names of those that did not go through. */
export function keepFiles(caseId: string, stage: string, values: StepValues): Promise<string[]> {
  const wanted: [FileKind, ChosenFile][] = [
    ...values.signature.map((chosen): [FileKind, ChosenFile] => ['signature', chosen]),
    ...values.photos.map((chosen): [FileKind, ChosenFile] => [stage === 'notice' ? 'notice_photo' : 'photo', chosen]),
  ]
  return sendEach(wanted.map(([kind, chosen]) => ({ name: chosen.name, send: () => sendFile('case', caseId, kind, chosen, kind === 'photo' ? values.location : null) })))
}
