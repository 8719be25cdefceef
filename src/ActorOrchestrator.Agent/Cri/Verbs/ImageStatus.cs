using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<ImageInfo?> ImageStatusAsync(string image, CancellationToken cancellation)
    {
        var answer = await CallAsync(Images(QueryTimeout).ImageStatusAsync(
            new ImageStatusRequest { Image = new ImageSpec { Image = image } }, cancellationToken: cancellation));
        return answer.Image?.ToRecord();
    }
}
