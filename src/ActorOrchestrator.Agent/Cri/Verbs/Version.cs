using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<RuntimeVersion> VersionAsync(CancellationToken cancellation)
    {
        var version = await CallAsync(
            RuntimeService + "Version", new VersionRequest(), VersionResponse.Parser, QueryTimeout, cancellation);
        return new RuntimeVersion(version.RuntimeName, version.RuntimeVersion);
    }
}
