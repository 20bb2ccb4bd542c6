//! Paths in the user's own folder, shortened to `~`: they hold the user's name.

use assay_contract::DoctorReply;

/// The report with `~` for the user's own folder.
pub fn shortened(mut reply: DoctorReply) -> DoctorReply {
    let home = std::env::home_dir().map(|home| home.to_string_lossy().into_owned());
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

/// A text with `~` for a folder, where it is one: `/home/ann` does not begin `/home/anna`.
fn without(text: &str, home: &str) -> String {
    let mut shortened = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(home) {
        shortened.push_str(before);
        let goes_on = after.chars().next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        shortened.push_str(if goes_on { home } else { "~" });
        rest = after;
    }
    shortened.push_str(rest);
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
        ] {
            assert_eq!(without(text, "/home/ann"), shortened);
        }
    }
}
