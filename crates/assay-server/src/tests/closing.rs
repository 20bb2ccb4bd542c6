use std::time::Duration;

use assay_app::{App, Opening, Problem};

use crate::on_demand::OnDemand;

#[tokio::test(flavor = "multi_thread")]
async fn a_library_is_free_again_when_no_one_has_asked_for_a_while() {
    let data = tempfile::tempdir().unwrap();
    let opening = Opening { data: Some(data.path().to_owned()), ..Opening::default() };
    let library = OnDemand::new(opening.clone(), Duration::from_millis(300));
    let lease = library.app().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = App::open(opening.clone()).err().expect("a library that is asked is held");
    assert_eq!(refused.problem, Problem::LibraryInUse);
    drop(lease);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let other = App::open(opening.clone()).expect("the library was closed");

    let refused = library.app().await.err().expect("the other holds it");
    assert!(refused.problem == Problem::LibraryInUse && refused.action.contains("close the other window"), "{refused}");
    other.close().await;
    drop(other);
    library.app().await.unwrap();
    library.close().await;
    App::open(opening).expect("closed at once");
}
