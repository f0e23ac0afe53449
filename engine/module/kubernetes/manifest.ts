/** The objects a task is about: written in it, in a file or a template of the controller, or named by its arguments. */
import { KplayError } from '../../errors.ts';
import { loadYamlValues } from '../../source/yaml.ts';
import type { Content } from '../../target/content.ts';
import { ModuleFailure, UnknownState } from '../../target/failure.ts';
import type { KubernetesObject } from '../../target/queries/kubernetes.ts';
import { dumpJson } from '../../template/python/json.ts';
import { isUnknown } from '../../template/values.ts';
import { isPlain } from '../convert.ts';
import type { Controller, RenderOptions } from '../definition.ts';
import { hashed } from './name-hash.ts';

export interface ManifestArgs {
  readonly definition?: unknown;
  readonly src?: string | undefined;
  readonly template?: unknown;
  readonly kind?: string | undefined;
  readonly api_version: string;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly append_hash: boolean;
}

/**
 * All objects of the task, lists taken apart, in their order.
 * @throws ModuleFailure for what is no manifest; UnknownState for a file that only the run makes.
 */
export async function manifestOf(args: ManifestArgs, controller: Controller): Promise<readonly KubernetesObject[]> {
  const { kind, api_version: apiVersion } = args;
  const written = (await documentsOf(args, controller)) ?? [{}];
  const objects = written.filter((one) => one !== null && one !== undefined).flatMap(itemsOf);
  const defaults = { apiVersion, ...(kind !== undefined && { kind }) };
  const complete = objects.map((object, index) => completed({ ...defaults, ...object }, args, `object ${index + 1}`));
  return args.append_hash ? complete.map(hashed) : complete;
}

async function documentsOf(
  { definition, src, template }: ManifestArgs,
  controller: Controller,
): Promise<readonly unknown[] | undefined> {
  if (src !== undefined) {
    const path = controller.find('files', src);
    return parsed(await textOf(await controller.file(path)), path);
  }
  if (template !== undefined) {
    const { path, options } = templateOf(template);
    const file = controller.find('templates', path);
    return parsed(await textOf(await controller.render(file, options)), file);
  }
  if (definition === undefined) return undefined;
  if (typeof definition === 'string') return parsed(definition, 'the definition');
  const list = Array.isArray(definition) ? definition : [definition];
  return list.flatMap((one) => (typeof one === 'string' ? parsed(one, 'the definition') : [plain(one)]));
}

function parsed(text: string, where: string): readonly unknown[] {
  try {
    return loadYamlValues(text).map(plain);
  } catch (error) {
    if (!(error instanceof KplayError)) throw error;
    throw new ModuleFailure(`${where} is no YAML: ${error.message}`);
  }
}

/** As JSON has it: what templates know beyond that (exact floats, mappings with keys of any kind) is of no use to an API. */
const plain = (value: unknown): unknown => JSON.parse(dumpJson(value));

async function textOf(content: Content): Promise<string> {
  if (isUnknown(content)) throw new UnknownState(content.reason);
  return (Buffer.isBuffer(content) ? content : await content.bytes()).toString('utf8');
}

function templateOf(template: unknown): { readonly path: string; readonly options: RenderOptions } {
  if (typeof template === 'string') return { path: template, options: { trimBlocks: true } };
  if (!isPlain(template) || typeof template['path'] !== 'string')
    throw new ModuleFailure('template must be a path, or a mapping with path');
  const { path, trim_blocks: trim = true, lstrip_blocks: lstrip = false } = template;
  return { path: path as string, options: { trimBlocks: trim === true, lstripBlocks: lstrip === true } };
}

function itemsOf(document: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isPlain(document)) throw new ModuleFailure('an object of Kubernetes must be a mapping');
  const items = document['items'];
  return document['kind'] === 'List' && Array.isArray(items) ? items.flatMap(itemsOf) : [document];
}

/** With the name and namespace of the task where it has none of its own; kubectl drops the namespace of what is in none. */
function completed(
  object: Readonly<Record<string, unknown>>,
  { name, namespace }: ManifestArgs,
  which: string,
): KubernetesObject {
  const metadata = isPlain(object['metadata']) ? object['metadata'] : {};
  const given = { ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) };
  const named = { ...object, metadata: { ...metadata, ...given, ...metadata } };
  if (typeof object['kind'] !== 'string') throw new ModuleFailure(`${which} has no kind`);
  if (typeof object['apiVersion'] !== 'string')
    throw new ModuleFailure(`${which} (${object['kind']}) has no apiVersion`);
  if (typeof (named.metadata as Readonly<Record<string, unknown>>)['name'] !== 'string')
    throw new ModuleFailure(`${which} (${object['kind']}) has no metadata.name`);
  return encoded(named as unknown as KubernetesObject);
}

/** `stringData` is only a way to write `data`, and what is read back is `data`. */
function encoded(object: KubernetesObject): KubernetesObject {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret' || !isPlain(stringData)) return object;
  const texts = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
  return {
    ...rest,
    data: { ...(rest['data'] as object | undefined), ...Object.fromEntries(texts) },
  } as KubernetesObject;
}
