//! Paths in the user's own folder, shortened to `~`: they hold the user's name.

use assay_contract::DoctorReply;

/// The report with `~` for the user's own folder.
pub fn shortened(mut reply: DoctorReply) -> DoctorReply {
    let home = std::env::home_dir().map(|home| home.to_string_lossy().trim_end_matches('/').to_owned());
    let Some(home) = home.filter(|home| home.len() > 1) else { return reply };
    let mut texts: Vec<&mut String> = vec![&mut reply.data.folder];
    texts.extend(reply.settings.values_mut());
    texts.extend(reply.devices.iter_mut().map(|device| &mut device.device));
    texts.extend(reply.notices.iter_mut().map(|notice| &mut notice.what));
    for finding in &mut reply.findings {
        texts.extend([&mut finding.what, &mut finding.action]);
    }
    for model in &mut reply.models {
        texts.push(&mut model.name);
        texts.extend(model.precision_why.as_mut());
    }
    texts.extend(reply.indexes.iter_mut().filter_map(|index| index.embedder.as_mut()));
    for text in texts {
        *text = without(text, &home);
    }
    reply
}

/// A text with `~` for a folder, where it is one: `/home/ann` does not begin `/home/anna`, nor end `/mnt/home/ann`.
fn without(text: &str, home: &str) -> String {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (mut shortened, mut copied) = (String::with_capacity(text.len()), 0);
    for (at, _) in text.match_indices(home) {
        let (before, end) = (text.get(..at).unwrap_or_default(), at + home.len());
        let is_part = before.ends_with(in_name) || text.get(end..).is_some_and(|after| after.starts_with(in_name));
        if !is_part {
            shortened.push_str(text.get(copied..at).unwrap_or_default());
            shortened.push('~');
            copied = end;
        }
    }
    shortened.push_str(text.get(copied..).unwrap_or_default());
    shortened
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn the_folder_of_the_user_becomes_a_tilde_and_others_stay() {
        for (text, shortened) in [
            ("/home/ann/.local/share/assay", "~/.local/share/assay"),
            ("/home/ann", "~"),
            ("a (/home/ann/x) and /home/ann/y", "a (~/x) and ~/y"),
            ("/home/anna/x", "/home/anna/x"),
            ("/media/disk", "/media/disk"),
            ("/mnt/home/ann/x", "/mnt/home/ann/x"),
            ("/srv/backup-1/home/ann", "/srv/backup-1/home/ann"),
            ("file:///home/ann/x", "file://~/x"),
            ("/home/ann/home/ann", "~/home/ann"),
        ] {
            assert_eq!(without(text, "/home/ann"), shortened);
        }
    }
}
