import { Channel, invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';

import type { AskEvent, BackupProgress, ExplainEvent, LibraryEvent, MeasureStep, PullEvent, SystemLook } from '../contract';
import type { Host } from './types';

/** The Tauri host. The only file that imports Tauri. */
export const host: Host = {
	hello: () => invoke('hello'),
	watch: async (onEvent) => {
		await invoke('watch', { events: listening<LibraryEvent>(onEvent) });
	},
	drags: async (onDrag) => {
		await getCurrentWebview().onDragDropEvent(({ payload }) => {
			if (payload.type === 'drop') onDrag('dropped');
			else onDrag(payload.type === 'leave' ? 'gone' : 'over');
		});
	},

	library: () => invoke('library'),
	chooseFiles: (collection) => invoke('choose_files', { collection }),
	chooseFolder: (collection) => invoke('choose_folder', { collection }),
	addSamples: () => invoke('add_samples'),
	ingestAgain: (documents) => invoke('ingest_again', { documents }),
	removeDocuments: (documents) => invoke('remove_documents', { documents }),
	bringBack: (removed) => invoke('bring_back', { removed }),
	stopIngest: () => invoke('stop_ingest'),
	pauseIngest: (paused) => invoke('pause_ingest', { paused }),
	ingestFirst: (documents) => invoke('ingest_first', { documents }),
	watchFolder: (collection) => invoke('watch_folder', { collection }),
	unwatchFolder: (folder) => invoke('unwatch_folder', { folder }),
	rebuild: () => invoke('rebuild'),
	check: () => invoke('check'),
	backUp: (choice, onProgress) => invoke('back_up', { choice, events: listening<BackupProgress>(onProgress) }),
	remoteStatus: (ask) => invoke('remote_status', { ask }),
	remoteCreate: (address) => invoke('remote_create', { address }),
	remoteJoin: (address) => invoke('remote_join', { address }),
	remoteSync: () => invoke('remote_sync'),
	remoteTake: () => invoke('remote_take'),
	remoteLeave: () => invoke('remote_leave'),
	remoteLook: () => invoke('remote_look'),
	stopBackup: () => invoke('stop_backup'),
	chooseBackup: () => invoke('choose_backup'),
	chooseRestoreRoot: (root) => invoke('choose_restore_root', { root }),
	restore: (onProgress) => invoke('restore', { events: listening<BackupProgress>(onProgress) }),

	ask: (request, onEvent) => invoke('ask', { request, events: listening<AskEvent>(onEvent) }),
	stopAsk: () => invoke('stop_ask'),
	passage: (chunk) => invoke('passage', { chunk }),
	explain: (request, onEvent) => invoke('explain', { request, events: listening<ExplainEvent>(onEvent) }),
	stopExplain: () => invoke('stop_explain'),
	why: (request) => invoke('why', { request }),
	whatIf: (setup) => invoke('what_if', { setup }),
	document: (document) => invoke('document', { document }),
	original: (document) => invoke('original', { document }),
	cost: () => invoke('cost'),

	mark: (request) => invoke('mark', { request }),
	labels: () => invoke('labels'),
	proposeQuestions: (round) => invoke('propose_questions', { round }),
	acceptQuestion: (request) => invoke('accept_question', { request }),
	deleteLabels: (labels) => invoke('delete_labels', { labels }),
	importLabels: (folder) => invoke('import_labels', { folder }),
	measure: (onStep) => invoke('measure', { steps: listening<MeasureStep>(onStep) }),
	runs: () => invoke('runs'),
	deleteRun: (run) => invoke('delete_run', { run }),
	triplets: (mined) => invoke('triplets', { mined }),

	saveText: (name, text) => invoke('save_text', { name, text }),
	print: () => invoke('print'),

	menu: (onCommand) => invoke('menu_commands', { events: listening<string>(onCommand) }),
	menuShows: (names, can) => invoke('menu_shows', { names, can }),
	systemLook: (onChange) => invoke('system_look', { events: listening<SystemLook>(onChange) }),
	setTheme: (dark) => invoke('set_theme', { dark }),
	notify: (title, text) => invoke('notify', { title, text }),
	openLink: (address) => invoke('open_link', { address }),
	showOriginal: (document) => invoke('show_original', { document }),
	openOriginal: (document) => invoke('open_original', { document }),

	saveSettings: (settings) => invoke('save_settings', { settings }),
	chooseWriter: () => invoke('choose_writer'),

	modelRegistry: () => invoke('model_registry'),
	pullModel: (name, onEvent) => invoke('pull_model', { name, events: listening<PullEvent>(onEvent) }),
	takePair: (name, onEvent) => invoke('take_pair', { name, events: listening<PullEvent>(onEvent) }),
	stopPull: (name) => invoke('stop_pull', { name }),
	importModel: (folder) => invoke('import_model', { folder }),
	verifyModel: (name) => invoke('verify_model', { name }),
	removeModel: (name) => invoke('remove_model', { name }),
	keepKey: (key) => invoke('keep_key', { key }),

	conversations: () => invoke('conversations'),
	findConversations: (words) => invoke('find_conversations', { words }),
	turns: (conversation) => invoke('turns', { conversation }),
	deleteConversation: (conversation) => invoke('delete_conversation', { conversation }),
};

/** A channel that listens before the command is sent, so that the first event is not lost. */
function listening<Event>(onEvent: (event: Event) => void): Channel<Event> {
	const channel = new Channel<Event>();
	channel.onmessage = onEvent;
	return channel;
}
