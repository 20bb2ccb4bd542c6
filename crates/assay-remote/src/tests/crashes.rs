use std::sync::Arc;

use super::stage::{Failing, files, published, reader};

/// The publisher dies between any two requests: what was published before stays readable, and the next publication
/// goes on.
#[tokio::test]
async fn a_publisher_that_dies_at_any_request_leaves_the_old_head_or_the_new_one() {
    let (mut deaths, mut whole) = (0, false);
    for requests in 0.. {
        let (store, mut publisher) = published().await;
        let mut before = reader(store.clone()).await;
        before.sync().await.unwrap();
        publisher.add("the second words");
        publisher.add("the third words");
        publisher.again(Failing::over(store.clone(), requests));
        let done = publisher.publish().await;
        let mut after = reader(store.clone()).await;
        after.sync().await.unwrap();
        let is_new = after.documents.len() == 3;
        assert!(is_new || after.documents == before.documents, "{requests}: {:?}", after.documents);
        assert!(is_new || done.is_err(), "{requests}");
        assert_eq!(files(&after.index()) == files(&publisher.index()), is_new);
        // The program is started again.
        publisher.again(store.clone());
        publisher.publish().await.unwrap();
        before.sync().await.unwrap();
        assert_eq!(before.documents, publisher.documents);
        assert_eq!(files(&before.index()), files(&publisher.index()), "{requests}");
        if done.is_ok() {
            whole = true;
            break;
        }
        deaths += 1;
    }
    assert!(whole && deaths > 8, "{deaths}");
}

#[tokio::test]
async fn taking_over_at_any_request_leaves_one_publisher() {
    for requests in 0..40 {
        let (store, mut one) = published().await;
        one.remote.release(&one.holder).await.unwrap();
        let mut two = reader(store.clone()).await;
        two.sync().await.unwrap();
        two.again(Failing::over(store.clone(), requests));
        let taken = two.remote.take(&two.holder).await;
        two.again(store.clone());
        one.add("words");
        let first = one.publish().await;
        if taken.is_ok() {
            assert!(first.is_err(), "{requests}");
            break;
        }
        // Whoever comes next is the one publisher.
        if first.is_ok() {
            assert!(two.remote.take(&two.holder).await.is_err(), "{requests}");
        } else {
            two.sync().await.unwrap();
            two.remote.take(&two.holder).await.unwrap();
            one.publish().await.unwrap_err();
        }
        assert!(requests < 39, "it never ends");
    }
}

#[tokio::test]
async fn a_reader_that_dies_at_any_request_goes_on_where_it_was() {
    for requests in 0.. {
        let (store, mut publisher) = published().await;
        let mut reader = reader(store.clone()).await;
        reader.sync().await.unwrap();
        publisher.add("the second words");
        publisher.publish().await.unwrap();
        let mirror = reader.mirror.clone();
        reader.again(Failing::over(store.clone(), requests));
        reader.mirror = mirror.clone();
        let done = reader.sync().await;
        if done.is_err() {
            assert_eq!(reader.documents.len(), 1);
            reader.again(Arc::clone(&store) as _);
            reader.mirror = mirror;
            reader.sync().await.unwrap();
        }
        assert_eq!(files(&reader.index()), files(&publisher.index()), "{requests}");
        assert_eq!(reader.documents, publisher.documents);
        if done.is_ok() {
            assert!(requests >= 4, "{requests}");
            break;
        }
    }
}
