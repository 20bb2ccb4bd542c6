//! Saved conversations.

use assay_contract::{ConversationRow, TurnRow};
use assay_domain::Failure;
use assay_library::NewTurn;

use crate::app::App;
use crate::convert::turn;

impl App {
    /// Saves a question with its answer. Returns the number of its conversation.
    pub(crate) async fn remember(&self, conversation: Option<i64>, turn: &NewTurn) -> Result<i64, Failure> {
        Ok(self.library.engines().await.store().save_turn(conversation, turn)?)
    }

    /// Saved conversations, newest first.
    pub async fn conversations(&self) -> Result<Vec<ConversationRow>, Failure> {
        let rows = self.library.engines().await.store().conversations()?;
        let row = |row: assay_library::Conversation| ConversationRow {
            id: row.id,
            title: row.title,
            created: row.created,
            turns: row.turns,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Conversations in which a question and its answer hold all of these words, newest first.
    pub async fn find_conversations(&self, words: &str) -> Result<Vec<ConversationRow>, Failure> {
        let found = self.library.engines().await.store().find_conversations(words)?;
        Ok(self.conversations().await?.into_iter().filter(|row| found.contains(&row.id)).collect())
    }

    /// The questions of a conversation with their replies. A turn that cannot be read has
    /// its question and its answer alone.
    pub async fn turns(&self, conversation: i64) -> Result<Vec<TurnRow>, Failure> {
        let turns = self.library.engines().await.store().turns(conversation)?;
        Ok(turns.into_iter().map(turn::row).collect())
    }

    /// Deletes a conversation.
    pub async fn delete_conversation(&self, conversation: i64) -> Result<(), Failure> {
        Ok(self.library.engines().await.store().delete_conversation(conversation)?)
    }
}
