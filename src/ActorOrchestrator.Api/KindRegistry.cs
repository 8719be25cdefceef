namespace ActorOrchestrator.Api;

/// <summary>One served resource: its names on the wire and its CLR type.</summary>
public sealed record ResourceKind(
    string Group, string Version, string Kind, string Plural, string Singular, bool Namespaced, Type ClrType)
{
    public ValueList<string> ShortNames { get; init; } = [];
    public ValueList<string> Categories { get; init; } = [];

    /// <summary><c>v1</c> for the core group, else <c>group/version</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>pods</c> or <c>deployments.apps</c>: the resource's name as Kubernetes' messages print it.</summary>
    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

public static partial class KindRegistry
{
}
