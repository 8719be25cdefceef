namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A machine that only runs pods; it serves when its Node is ready.</summary>
/// <inheritdoc cref="ServerProcess" path="/param"/>
/// <param name="isReady">Whether the cluster says that of its Node.</param>
internal sealed class PodMachine(
    int number, string directory, IReadOnlyList<string> inside, Func<Task<bool>> isReady)
    : ServerProcess(number, directory, inside)
{
    public override Task<bool> IsReadyAsync() => isReady();
}
