using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<RuntimeVersion> VersionAsync(CancellationToken cancellation)
    {
        var version = await CallAsync(
            Runtime(QueryTimeout).VersionAsync(new VersionRequest(), cancellationToken: cancellation));
        return new RuntimeVersion(version.RuntimeName, version.RuntimeVersion);
    }
}
