namespace ActorOrchestrator.Api.Serialization;

/// <summary>The JSON does not fit the type; the message is Kubernetes' own wording where it has one.</summary>
public sealed class KubeJsonException : Exception
{
    public KubeJsonException(string message) : base(message)
    {
    }

    public KubeJsonException(string message, Exception inner) : base(message, inner)
    {
    }
}
