import type {
	AskEvent,
	BackupChoice,
	BackupProgress,
	BackupReply,
	BackupView,
	AskReply,
	AskRequest,
	CheckReply,
	ConversationRow,
	CostView,
	DocumentView,
	ExplainEvent,
	ExplainReply,
	ExplainRequest,
	Hello,
	ImportReply,
	LabelRow,
	LibraryEvent,
	LibraryView,
	MarkRequest,
	MeasureStep,
	PassageView,
	ProposalRow,
	PullEvent,
	RunRow,
	SetUp,
	Settings,
	ModelRegistryView,
	RemoteAddress,
	RemoteView,
	SystemLook,
	TurnRow,
	WhyReply,
	WhyRequest,
} from '../contract';

/** The state of a file drag. The paths stay in the program. */
export type DragState = 'over' | 'gone' | 'dropped';

/** The commands of the program. A failed call rejects with a `ProblemView`. */
export interface Host {
	hello(): Promise<Hello>;
	/** Reports library events. Called once at start. */
	watch(onEvent: (event: LibraryEvent) => void): Promise<void>;
	/** Reports file drags over the window. */
	drags(onDrag: (state: DragState) => void): Promise<void>;

	library(): Promise<LibraryView>;
	/** Opens a native dialog; the ingest then reports to `watch`. Null adds to the default collection. */
	chooseFiles(collection: string | null): Promise<void>;
	chooseFolder(collection: string | null): Promise<void>;
	addSamples(): Promise<void>;
	ingestAgain(documents: number[]): Promise<void>;
	removeDocuments(documents: number[]): Promise<LibraryView>;
	/** Takes files in again that were removed from followed folders. */
	bringBack(removed: number[]): Promise<void>;
	stopIngest(): Promise<void>;
	/** Pauses or resumes the running ingest; a `paused` event confirms it. */
	pauseIngest(paused: boolean): Promise<void>;
	/** Moves queued documents to the front of the queue. */
	ingestFirst(documents: number[]): Promise<void>;
	/** Opens a native dialog and follows the chosen folder; its files join the collection, or the default one. */
	watchFolder(collection: string | null): Promise<void>;
	unwatchFolder(folder: number): Promise<LibraryView>;
	rebuild(): Promise<void>;
	check(): Promise<CheckReply>;
	/** Writes a backup into a file that the user chooses; null if the dialog was closed. */
	backUp(choice: BackupChoice, onProgress: (progress: BackupProgress) => void): Promise<BackupReply | null>;
	/** How the library is shared through an object store; with `ask`, the store is asked, too. */
	remoteStatus(ask: boolean): Promise<RemoteView>;
	remoteCreate(address: RemoteAddress): Promise<RemoteView>;
	remoteJoin(address: RemoteAddress): Promise<RemoteView>;
	remoteSync(): Promise<RemoteView>;
	remoteTake(): Promise<RemoteView>;
	remoteLeave(): Promise<RemoteView>;
	/** Mirrors what is published; a `changed` event tells of anything new. */
	remoteLook(): Promise<void>;
	stopBackup(): Promise<void>;
	/** Shows what is in a backup that the user chooses; null if the dialog was closed. */
	chooseBackup(): Promise<BackupView | null>;
	/** Chooses the folder that takes the place of one in the chosen backup. */
	chooseRestoreRoot(root: number): Promise<BackupView>;
	/** Restores the chosen backup and starts the program again. */
	restore(onProgress: (progress: BackupProgress) => void): Promise<void>;

	ask(request: AskRequest, onEvent: (event: AskEvent) => void): Promise<AskReply>;
	stopAsk(): Promise<void>;
	passage(chunk: string): Promise<PassageView>;
	/** Computes the logit without each sentence in turn; stops a running explanation. */
	explain(request: ExplainRequest, onEvent: (event: ExplainEvent) => void): Promise<ExplainReply>;
	stopExplain(): Promise<void>;
	/** Follows a text through the stages of a question: where it stands, and where it was cut. `stopAsk` stops it. */
	why(request: WhyRequest): Promise<WhyReply>;
	/** Asks a question under another set-up, without saving it. */
	whatIf(setup: SetUp): Promise<AskReply>;
	document(document: number): Promise<DocumentView>;
	/** The bytes of a PDF of the library; fails if the file has changed since it was read. */
	original(document: number): Promise<ArrayBuffer>;
	/** Measures the cost of a question; takes seconds. */
	cost(): Promise<CostView>;

	mark(request: MarkRequest): Promise<LabelRow[]>;
	labels(): Promise<LabelRow[]>;
	/** Proposes questions from the library's text; each round gives different ones. Saves nothing. */
	proposeQuestions(round: number): Promise<ProposalRow[]>;
	acceptQuestion(request: MarkRequest): Promise<LabelRow[]>;
	deleteLabels(labels: number[]): Promise<LabelRow[]>;
	/** Opens a native dialog for a file or a folder in BEIR format; null if cancelled. */
	importLabels(folder: boolean): Promise<ImportReply | null>;
	measure(onStep: (step: MeasureStep) => void): Promise<RunRow>;
	runs(): Promise<RunRow[]>;
	deleteRun(run: number): Promise<RunRow[]>;
	/** Training triplets as JSON lines; `mined` adds hard negatives that nobody labelled: high rank, low score. */
	triplets(mined: boolean): Promise<string>;

	/** Opens a native dialog; true if the text was written. */
	saveText(name: string, text: string): Promise<boolean>;
	print(): Promise<void>;

	/** Reports commands chosen from the window's menu. Called once at start. */
	menu(onCommand: (id: string) => void): Promise<void>;
	/** Sets the menu's labels by id, and the enabled commands. */
	menuShows(names: Record<string, string>, can: string[]): Promise<void>;
	/** Reports the system's theme and contrast, now and on each change. Called once at start. */
	systemLook(onChange: (look: SystemLook) => void): Promise<void>;
	/** Sets the theme of the window's frame; null follows the system. */
	setTheme(dark: boolean | null): Promise<void>;
	/** Shows a system notification if the window has no focus; true if it was shown. */
	notify(title: string, text: string): Promise<boolean>;
	/** Opens a web or mail address in the system's program. Call it only after showing the address to the user. */
	openLink(address: string): Promise<void>;
	/** Shows a document's file in the file manager. */
	showOriginal(document: number): Promise<void>;
	/** Opens a document's file in the system's program for it. */
	openOriginal(document: number): Promise<void>;

	saveSettings(settings: Settings): Promise<Hello>;
	/** Opens a native dialog for a GGUF file. */
	chooseWriter(): Promise<Hello>;

	modelRegistry(): Promise<ModelRegistryView>;
	/** Downloads a model; resolves when it is complete, was stopped or failed. */
	pullModel(name: string, onEvent: (event: PullEvent) => void): Promise<ModelRegistryView>;
	/** Downloads what is missing of a recommended pair and chooses both models in the settings. */
	takePair(name: string, onEvent: (event: PullEvent) => void): Promise<Hello>;
	stopPull(name: string): Promise<void>;
	/** Opens a native dialog for a model folder or a GGUF file. */
	importModel(folder: boolean): Promise<ModelRegistryView>;
	verifyModel(name: string): Promise<void>;
	removeModel(name: string): Promise<ModelRegistryView>;
	/** Saves the hosted reranker's key in the system's key store; an empty key deletes it. */
	keepKey(key: string): Promise<ModelRegistryView>;

	conversations(): Promise<ConversationRow[]>;
	/** Conversations whose questions and answers contain all of these words. */
	findConversations(words: string): Promise<ConversationRow[]>;
	turns(conversation: number): Promise<TurnRow[]>;
	deleteConversation(conversation: number): Promise<ConversationRow[]>;
}
