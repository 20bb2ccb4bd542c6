use super::stage::{files, published, reader};
use crate::RemoteError;

#[tokio::test]
async fn of_two_publishers_that_race_a_hundred_times_one_wins_each_time_and_nothing_is_lost_or_double() {
    let (store, mut one) = published().await;
    let mut two = reader(store.clone()).await;
    let (mut wins, mut wanted) = ([0, 0], vec!["the first words".to_owned()]);
    one.remote.release(&one.holder).await.unwrap();
    for round in 0..100 {
        // Both know the newest state, and both want to publish.
        for machine in [&mut one, &mut two] {
            machine.mirror = None;
            machine.sync().await.unwrap();
        }
        let (a, b) = tokio::join!(one.remote.take(&one.holder), two.remote.take(&two.holder));
        let winner = match (&a, &b) {
            (Ok(_), Err(RemoteError::Held { machine, .. })) if machine == "desktop" => 0,
            (Err(RemoteError::Held { machine, .. }), Ok(_)) if machine == "laptop" => 1,
            other => panic!("round {round}: {other:?}"),
        };
        wins[winner] += 1;
        for machine in [&mut one, &mut two] {
            let head = machine.remote.head().await.unwrap().unwrap().head;
            machine.own = vec![head.nonce];
            machine.known = None;
            let words = format!("round {round} on {}", machine.holder.machine);
            machine.add(&words);
        }
        let (a, b) = tokio::join!(one.publish(), two.publish());
        let done = [a, b];
        let loser = &done[1 - winner];
        assert!(matches!(loser, Err(RemoteError::Lost { .. })), "round {round}: {loser:?}");
        assert!(done[winner].as_ref().is_ok_and(|done| done.changed), "round {round}: {done:?}");
        let machine = [&one, &two][winner];
        wanted.push(format!("round {round} on {}", machine.holder.machine));
        machine.remote.release(&machine.holder).await.unwrap();
        if round % 10 < 9 {
            continue;
        }
        let mut third = reader(store.clone()).await;
        third.sync().await.unwrap();
        let found: Vec<String> = third.documents.iter().map(|(_, _, words)| words.clone()).collect();
        assert_eq!(found, wanted, "round {round}");
        assert_eq!(files(&third.index()), files(&machine.index()));
    }
    assert_eq!(wins[0] + wins[1], 100);
}

#[tokio::test]
async fn a_publisher_whose_lease_ran_out_publishes_nothing_once_another_has_taken_over() {
    let (store, mut one) = published().await;
    let mut two = reader(store).await;
    two.sync().await.unwrap();
    assert!(matches!(two.remote.take(&two.holder).await, Err(RemoteError::Held { seconds: 1..=61, .. })));
    // A lease of no seconds has ended at once, and nobody has taken over yet: its holder goes on.
    one.remote.lease_seconds = 0;
    one.add("more words");
    one.publish().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    one.add("still more words");
    one.publish().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    two.sync().await.unwrap();
    let token = two.remote.take(&two.holder).await.unwrap();
    assert_eq!(token, 2);

    one.add("words that come too late");
    let lost = one.publish().await.unwrap_err();
    assert!(matches!(&lost, RemoteError::Lost { machine } if machine == "laptop"), "{lost:?}");
    assert!(matches!(one.remote.renew(&one.holder).await, Err(RemoteError::Lost { .. })));
    two.sync().await.unwrap();
    assert_eq!(two.documents.len(), 3);
    two.own = vec![two.remote.head().await.unwrap().unwrap().head.nonce];
    two.add("words of the second publisher");
    two.publish().await.unwrap();
    assert!(matches!(one.publish().await, Err(RemoteError::Lost { .. })));
}

/// The last request of the earlier holder arrives after another took over.
#[tokio::test]
async fn a_head_that_comes_late_is_refused_by_the_greater_token() {
    let (store, one) = published().await;
    let mut two = reader(store.clone()).await;
    let late = one.remote.head().await.unwrap().unwrap();
    one.remote.release(&one.holder).await.unwrap();
    two.sync().await.unwrap();
    two.remote.take(&two.holder).await.unwrap();
    let bytes = crate::marker::to_json(&late.head);
    let put = one.remote.objects.update(crate::names::HEAD, &bytes, &late.version).await.unwrap();
    assert!(put.is_none());
    let head = two.remote.head().await.unwrap().unwrap().head;
    assert_eq!((head.token, head.sequence, head.machine.as_str()), (2, 2, "laptop"));
}

#[tokio::test]
async fn a_copy_of_a_publisher_is_told_that_the_other_has_published() {
    let (store, mut one) = published().await;
    let mut copy = reader(store).await;
    (copy.holder, copy.own) = (one.holder.clone(), one.own.clone());
    copy.sync().await.unwrap();
    one.add("words of the first");
    one.publish().await.unwrap();
    copy.add("words of the copy");
    assert!(matches!(copy.publish().await, Err(RemoteError::Lost { .. })));
}
