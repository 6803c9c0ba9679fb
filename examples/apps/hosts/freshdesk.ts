/**
 * A stand-in for Freshdesk's client, as an app finds it in `window.app`. What really goes on between frame and product is not
 * public, so this stands where the client stands, and the app around our page is the very one that is packed.
 */
export interface FreshdeskStandInOptions {
  /** What `client.data.get` finds: `{ ticket: { id: 1 }, loggedInUser: { contact: {…} } }`. */
  data: Record<string, unknown>;
  iparams: Record<string, unknown>;
  onTrigger?: (name: string, options: Record<string, unknown>) => void;
  onResize?: (size: { height?: string }) => void;
}

interface Helper {
  getData(): unknown;
  done(): void;
  fail(message: string): void;
}
type Listener = (event: { type: string; helper: Helper }) => void;
export interface Verdict {
  ok: boolean;
  message?: string;
}

export class FreshdeskStandIn {
  /** Everything that the app asked for. */
  readonly calls: unknown[][] = [];
  private readonly listeners = new Map<string, { listener: Listener; intercepts: boolean }[]>();

  constructor(private readonly options: FreshdeskStandInOptions) {}

  /** For `window.app` of the app's frame. */
  readonly app = { initialized: async () => this.client };

  readonly client = {
    data: {
      get: async (key: string) => {
        if (!(key in this.options.data)) throw { status: 404, message: `${key} is not available.` };
        return { [key]: this.options.data[key] };
      },
    },
    iparams: { get: async () => this.options.iparams },
    instance: {
      resize: async (size: { height?: string }) => {
        this.calls.push(['resize', size]);
        this.options.onResize?.(size);
      },
    },
    interface: {
      trigger: async (name: string, options: Record<string, unknown>) => {
        this.calls.push([name, options]);
        this.options.onTrigger?.(name, options);
        return { message: 'success' };
      },
    },
    events: {
      on: (name: string, listener: Listener, { intercept = false } = {}) => {
        this.listeners.set(name, [...(this.listeners.get(name) ?? []), { listener, intercepts: intercept }]);
      },
    },
  };

  /** Something happens in the product; an app that intercepts it says whether it may. */
  fire(type: string, data?: unknown): Promise<Verdict> {
    const hearing = this.listeners.get(type) ?? [];
    return new Promise((resolve) => {
      const helper: Helper = {
        getData: () => data,
        done: () => resolve({ ok: true }),
        fail: (message) => resolve({ ok: false, message }),
      };
      for (const { listener } of hearing) listener({ type, helper });
      if (!hearing.some(({ intercepts }) => intercepts)) resolve({ ok: true });
    });
  }
}
