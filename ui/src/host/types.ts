import type {
	AskEvent,
	AskReply,
	AskRequest,
	CheckReply,
	ConversationRow,
	Hello,
	LibraryEvent,
	LibraryView,
	PassageView,
	Settings,
	TurnRow,
} from '../contract';

/** Where a file drag stands over the window. The paths stay with the program. */
export type DragState = 'over' | 'gone' | 'dropped';

/** Everything the screen can ask of the program. A call that fails rejects with a `ProblemView`. */
export interface Host {
	hello(): Promise<Hello>;
	/** Called once at start; lives as long as the page. */
	watch(onEvent: (event: LibraryEvent) => void): Promise<void>;
	/** Files dragged over the window. */
	drags(onDrag: (state: DragState) => void): Promise<void>;

	library(): Promise<LibraryView>;
	/** Native dialog; the ingest then reports to `watch`. */
	chooseFiles(): Promise<void>;
	chooseFolder(): Promise<void>;
	addSamples(): Promise<void>;
	ingestAgain(documents: number[]): Promise<void>;
	removeDocuments(documents: number[]): Promise<LibraryView>;
	stopIngest(): Promise<void>;
	rebuild(): Promise<void>;
	check(): Promise<CheckReply>;

	ask(request: AskRequest, onEvent: (event: AskEvent) => void): Promise<AskReply>;
	stopAsk(): Promise<void>;
	passage(chunk: string): Promise<PassageView>;

	saveSettings(settings: Settings): Promise<Hello>;
	/** Native dialog for a GGUF file. */
	chooseWriter(): Promise<Hello>;

	conversations(): Promise<ConversationRow[]>;
	turns(conversation: number): Promise<TurnRow[]>;
	deleteConversation(conversation: number): Promise<ConversationRow[]>;
}
