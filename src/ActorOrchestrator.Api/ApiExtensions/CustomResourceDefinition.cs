namespace ActorOrchestrator.Api.ApiExtensions;

/// <summary>Clients look through the list of these before they say that a kind is not known; here it is always
/// empty.</summary>
[Doc("A kind that users define themselves: not served, so there are none.")]
[DefinedIn("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1")]
public sealed record CustomResourceDefinition() : KubeObject("apiextensions.k8s.io/v1", "CustomResourceDefinition");
