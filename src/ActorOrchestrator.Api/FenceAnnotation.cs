namespace ActorOrchestrator.Api;

/// <summary>Of a pod: whether it must not run twice. It has it, or not, from when it is made.</summary>
public static class FenceAnnotation
{
    public const string Key = "actor-orchestrator/fence";
}
