using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol;
using Grpc.Core;

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
            var answer = await Images(_options.PullTimeout).PullImageAsync(request, cancellationToken: cancellation);
            return answer.ImageRef;
        }
        catch (RpcException failure)
        {
            throw CallErrors.Pull(image, failure);
        }
    }
}
