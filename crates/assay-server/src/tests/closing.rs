use std::sync::Arc;
use std::time::Duration;

use assay_app::{App, Opening, Owner, Problem};
use assay_contract::call::{Collections, FrontEnd};

use crate::on_demand::OnDemand;

#[tokio::test(flavor = "multi_thread")]
async fn a_library_is_free_again_when_no_one_has_asked_for_a_while() {
    let data = tempfile::tempdir().unwrap();
    let opening = Opening { data: Some(data.path().to_owned()), ..Opening::default() };
    let library = OnDemand::new(opening.clone(), FrontEnd::Mcp, Duration::from_millis(300));
    let lease = library.session().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = App::open(opening.clone()).err().expect("a library that is asked is held");
    assert_eq!(refused.problem, Problem::LibraryInUse);
    drop(lease);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let other = App::open(opening.clone()).expect("the library was closed");

    let refused = library.session().await.err().expect("the other holds it");
    assert!(refused.problem == Problem::LibraryInUse && refused.action.contains("close the other window"), "{refused}");
    other.close().await;
    drop(other);
    library.session().await.unwrap();
    library.close().await;
    App::open(opening).expect("closed at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_has_the_library_open_does_the_work_of_a_server() {
    let data = tempfile::tempdir().unwrap();
    let opening = Opening { data: Some(data.path().to_owned()), ..Opening::default() };
    let library = OnDemand::new(opening.clone(), FrontEnd::Serve, Duration::from_millis(300));
    let app = Arc::new(App::open(opening.clone()).unwrap());
    let owner = Owner::serve(&app, FrontEnd::Window, |_| ()).await.unwrap();
    let lease = library.session().await.unwrap();
    assert_eq!(lease.owner(), Some(FrontEnd::Window));
    assert!(lease.call(Collections {}).await.unwrap().is_empty());
    owner.close().await;
    drop(app);
    let lost = lease.call(Collections {}).await.unwrap_err();
    assert!(lost.problem == Problem::LibraryInUse && lost.message.contains("ended"), "{lost}");

    // Nobody has it open now, so the server opens it and serves it in turn.
    let lease = library.session().await.unwrap();
    assert_eq!(lease.owner(), None);
    let other = OnDemand::new(opening, FrontEnd::Mcp, Duration::from_millis(300));
    assert_eq!(other.session().await.unwrap().owner(), Some(FrontEnd::Serve));
    drop(lease);
    library.close().await;
    assert_eq!(other.session().await.unwrap().owner(), None);
    other.close().await;
}
