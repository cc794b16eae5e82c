//! Artifacts that Foundry or Hardhat wrote.

pub(crate) fn read(
    _project: &crate::Project,
    folder: &std::path::Path,
) -> Result<crate::Build, crate::CompileError> {
    Err(crate::CompileError::Artifacts {
        path: folder.to_owned(),
        message: "unsupported".into(),
        hint: None,
    })
}
