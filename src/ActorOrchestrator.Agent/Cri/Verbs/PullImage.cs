using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Grpc;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken cancellation)
    {
        var request = new PullImageRequest { Image = new ImageSpec { Image = image } };
        if (auth is not null)
        {
            request.Auth = new AuthConfig
            {
                Username = auth.Username, Password = auth.Password, ServerAddress = auth.ServerAddress ?? "",
            };
        }
        try
        {
            var answer = await _channel.UnaryAsync(
                ImageService + "PullImage", request, PullImageResponse.Parser, _options.PullTimeout, cancellation);
            return answer.ImageRef;
        }
        catch (GrpcException failure)
        {
            throw GrpcErrors.Pull(image, failure);
        }
    }
}
