package lease

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// ServiceAccount is where Kubernetes mounts the token of a pod.
const ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

// ErrNotInPod says that there is no API server and no token.
var ErrNotInPod = errors.New("this process is not in a pod of Kubernetes with a token")

// A Pod is what Kubernetes gives to a pod.
type Pod struct {
	Host, Port string // KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT
	Directory  string // with the files token, ca.crt and namespace; empty means ServiceAccount
}

// namespace is what the name of a namespace looks like.
var namespace = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// Client returns a client for leases in a namespace, or in that of the pod if it is empty. It has neither a clock nor
// a holder. The token is read for each request, because Kubernetes renews it. No proxy gets it.
func (p Pod) Client(in string) (*Client, error) {
	if p.Directory == "" {
		p.Directory = ServiceAccount
	}
	certificates, err := os.ReadFile(filepath.Join(p.Directory, "ca.crt"))
	if p.Host == "" || p.Port == "" || errors.Is(err, os.ErrNotExist) {
		return nil, ErrNotInPod
	}
	if err != nil {
		return nil, err
	}
	if in == "" {
		b, err := os.ReadFile(filepath.Join(p.Directory, "namespace"))
		if err != nil {
			return nil, fmt.Errorf("the namespace of the pod is not known: %w", err)
		}
		in = strings.TrimSpace(string(b))
	}
	if !namespace.MatchString(in) {
		return nil, fmt.Errorf("%q is no name of a namespace", in)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(certificates) {
		return nil, fmt.Errorf("%s has no certificate", filepath.Join(p.Directory, "ca.crt"))
	}
	return &Client{
		Server: "https://" + net.JoinHostPort(p.Host, p.Port), Namespace: in, Token: p.token,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: requestTimeout, IdleConnTimeout: time.Minute, MaxIdleConns: 2,
		},
	}, nil
}

func (p Pod) token() (string, error) {
	b, err := os.ReadFile(filepath.Join(p.Directory, "token"))
	if err != nil {
		return "", fmt.Errorf("the token of the pod cannot be read: %w", err)
	}
	token := strings.TrimSpace(string(b))
	if token == "" || strings.ContainsAny(token, "\r\n") {
		return "", errors.New("the token of the pod is not one line")
	}
	return token, nil
}
