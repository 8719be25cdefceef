using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation)
    {
        var answer = await CallAsync(
            Images(QueryTimeout).ListImagesAsync(new ListImagesRequest(), cancellationToken: cancellation));
        return [.. answer.Images.Select(image => image.ToRecord())];
    }
}
